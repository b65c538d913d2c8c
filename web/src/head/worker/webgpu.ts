import "@tensorflow/tfjs-backend-webgpu/dist/base";
import "virtual:kernels/webgpu";
