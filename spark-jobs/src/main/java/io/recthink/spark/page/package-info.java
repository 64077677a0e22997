/** Writes pages and separate pictures that need no network and no other file. */
package io.recthink.spark.page;
