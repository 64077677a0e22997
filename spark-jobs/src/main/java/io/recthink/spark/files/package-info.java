/** Files on any Hadoop file system: written whole or not at all, listed with their sizes and hashes, and owned while written. */
package io.recthink.spark.files;
