/** Creates completions and predictions from prompts, on the executors. */
package io.recthink.spark.completion;
