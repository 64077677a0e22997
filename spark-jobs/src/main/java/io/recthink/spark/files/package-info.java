/**
 * Files on any Hadoop file system: written completely or not at all, listed with sizes and hashes, locked while
 * written.
 */
package io.recthink.spark.files;
