/**
 * The configuration. {@link io.recthink.config.Sections} reads a YAML file over documented defaults, refuses unknown
 * keys and binds each section to a record. The records implement {@link io.recthink.config.Section} and are in the
 * packages that use them. {@link io.recthink.config.RecordedConfiguration} reads the configuration that a run has
 * recorded, and ignores unknown keys.
 */
package io.recthink.config;
