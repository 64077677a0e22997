/** Samples completions from a decoder, in batches of prompts and their completions. */
package io.recthink.generate;
