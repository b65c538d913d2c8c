"""The head under other runtimes of the browser than the page's: LiteRT.js and onnxruntime-web."""
