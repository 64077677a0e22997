/** Logs as people have them: what is read, what a column means, and which rows cannot be used. */
package io.recthink.spark.source;
