// Draws the API's description. The browser's own session is the caller; a token can be given instead.
const place = document.getElementById("reference");
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  presets: [SwaggerUIBundle.presets.apis],
  validatorUrl: null,
  deepLinking: true,
  supportedSubmitMethods: ["get"],
});

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
