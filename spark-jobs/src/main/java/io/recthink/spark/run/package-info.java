/** Run folders: what is in them, who may write them, and which policies lie in them. */
package io.recthink.spark.run;
