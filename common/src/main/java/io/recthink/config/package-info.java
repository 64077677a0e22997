/**
 * The configuration: {@link io.recthink.config.Sections} read a YAML file over documented defaults, refuse unknown keys and bind
 * records, {@link io.recthink.config.Section}, which lie in the packages that use them. What a run has recorded is read
 * leniently, {@link io.recthink.config.RecordedConfiguration}.
 */
package io.recthink.config;
