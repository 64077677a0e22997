/** The only package that touches the internals of DJL's PyTorch engine: the native library and the tensor kernels. */
package io.recthink.torch;
