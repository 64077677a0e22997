/**
 * Reads logs in the formats that people have: which files are read, what a column means, and which rows are unusable.
 */
package io.recthink.spark.source;
