/** Pages, and pictures as documents of their own, that need nothing else: no network, no other file. */
package io.recthink.spark.page;
