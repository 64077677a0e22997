/** Sampling completions from a decoder, batched over prompts and their completions. */
package io.recthink.generate;
