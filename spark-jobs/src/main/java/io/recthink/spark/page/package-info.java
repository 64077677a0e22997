/** Pages that need nothing else: no network, no other file. */
package io.recthink.spark.page;
