/** Losses, gradients and the optimizer: GRPO and supervised training of a decoder. */
package io.recthink.learn;
