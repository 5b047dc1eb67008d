// Draws the API's description. The record's is called by the browser's own session, unless a token is given; LifeTime's takes a token.
const place = document.getElementById("reference");
SwaggerUIBundle({
  domNode: place,
  url: place.dataset.description,
  presets: [SwaggerUIBundle.presets.apis],
  validatorUrl: null,
  deepLinking: true,
});

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
