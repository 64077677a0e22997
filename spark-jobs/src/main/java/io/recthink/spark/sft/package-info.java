/** The supervised warm start on traces. */
package io.recthink.spark.sft;
