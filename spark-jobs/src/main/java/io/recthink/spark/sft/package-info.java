/** Supervised learning of instructions as a library, and the command {@code sft}, which uses it on traces. */
package io.recthink.spark.sft;
