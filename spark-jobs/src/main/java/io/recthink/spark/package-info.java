/** The Spark application: each job has its own package and one runner class whose steps read like a recipe. */
package io.recthink.spark;
