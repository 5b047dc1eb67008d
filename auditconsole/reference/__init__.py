"""The description of the LifeTime API, made of what its operations declare, and the page that draws both."""
