/** Supervised learning of instructions, a library; the warm start on traces is the job over it. */
package io.recthink.spark.sft;
