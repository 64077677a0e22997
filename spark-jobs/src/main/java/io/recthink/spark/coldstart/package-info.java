/** The data for a warm start: teacher traces, and for training from scratch a tokenizer and a small random model. */
package io.recthink.spark.coldstart;
