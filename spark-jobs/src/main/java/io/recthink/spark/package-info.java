/** The Spark application: one package a job, one runner a job that reads like a recipe. */
package io.recthink.spark;
