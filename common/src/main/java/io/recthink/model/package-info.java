/**
 * Model folders: configuration, weights, tokenizer and chat template in the layout of Hugging Face, and the import of
 * GGUF files. Nothing here needs a tensor library; the decoder that computes with the weights is beside it.
 */
package io.recthink.model;
