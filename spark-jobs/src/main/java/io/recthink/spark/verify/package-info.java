/**
 * The command {@code verify}: compares files with the SHA-256 that the jobs recorded, also years later or in a copy.
 */
package io.recthink.spark.verify;
