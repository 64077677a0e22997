/** From prompts to completions and to predictions, on the executors. */
package io.recthink.spark.completion;
