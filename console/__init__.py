"""The web console: server-rendered pages over the same library as the command line."""
