// Made by the build (build/tfjs.ts): importing one registers the kernels of a back end.
declare module "virtual:kernels/wasm";
declare module "virtual:kernels/webgl";
declare module "virtual:kernels/webgpu";
