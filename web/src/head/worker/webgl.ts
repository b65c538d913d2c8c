import "@tensorflow/tfjs-backend-webgl/dist/base";
import "virtual:kernels/webgl";
