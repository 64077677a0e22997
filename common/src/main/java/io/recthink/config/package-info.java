/** The configuration: records bound from one YAML file over documented defaults, validated, unknown keys refused. */
package io.recthink.config;
