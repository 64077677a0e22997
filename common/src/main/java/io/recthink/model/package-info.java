/**
 * Model folders in the layout of Hugging Face (configuration, weights, tokenizer and chat template), the import of GGUF
 * files, and the decoder. Only the decoder, the layout of its adapter, its packed weights and its attention calls need
 * the tensor library.
 */
package io.recthink.model;
