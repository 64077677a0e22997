/**
 * The registry: the versions of a policy that {@code retrain} has trained, and the version that serves. Readers see the
 * version before or the version after a publication, never a mixture: one small file, {@code current.json}, names it.
 */
package io.recthink.spark.registry;
