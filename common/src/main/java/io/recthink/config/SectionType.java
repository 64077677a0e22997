package io.recthink.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.beans.Introspector;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BiConsumer;

/** The key, the resources and the maps of a section, found from its record. */
record SectionType<S extends Section>(Class<S> type) {
    private static final String SUFFIX = "Settings";

    String key() {
        String name = type.getSimpleName();
        return Introspector.decapitalize(
                name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name);
    }

    /** The YAML text of the section, with its defaults and comments. */
    String text() {
        return resource(".yaml", null);
    }

    /** The values of keys that an earlier version did not record, where they differ from the defaults. */
    ObjectNode earlier() {
        return (ObjectNode) SettingsText.parse(key(), resource("-earlier.yaml", "{}"));
    }

    S bind(String origin, ObjectNode values) {
        return SettingsText.bind(origin, key(), values, type);
    }

    /**
     * Visits each key of the section whose value is a map: the key starts with the section, the class is the type of
     * the values in the map.
     */
    void freeMaps(BiConsumer<String, Class<?>> visitor) {
        freeMaps(type, key(), visitor);
    }

    private static void freeMaps(Class<?> type, String prefix, BiConsumer<String, Class<?>> visitor) {
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + "." + component.getName();
            if (component.getType() == Map.class) {
                visitor.accept(
                        key, (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[1]);
            } else if (component.getType().isRecord()) {
                freeMaps(component.getType(), key, visitor);
            }
        }
    }

    private String resource(String suffix, String otherwise) {
        try (InputStream resource = type.getResourceAsStream(key() + suffix)) {
            if (resource == null && otherwise == null) {
                throw new IllegalStateException(
                        "%s has no resource %s beside it".formatted(type.getName(), key() + suffix));
            }
            return resource == null ? otherwise : new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
