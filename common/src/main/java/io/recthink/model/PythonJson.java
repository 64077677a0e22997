package io.recthink.model;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import io.recthink.InvalidInputException;
import java.io.IOException;
import java.util.Map;

/** The filter {@code tojson} with the spacing of Python's {@code json.dumps(value, indent=...)}. */
final class PythonJson implements AdvancedFilter {
    @Override
    public String getName() {
        return "tojson";
    }

    @Override
    public Object filter(
            Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> namedArguments) {
        Object indent = namedArguments.getOrDefault("indent", arguments.length > 0 ? arguments[0] : null);
        Spacing spacing = indent instanceof Number spaces ? Spacing.lines(spaces.intValue()) : Spacing.oneLine();
        try {
            return JsonFile.MAPPER.writer(spacing).writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new InvalidInputException("tojson: " + e.getOriginalMessage(), e);
        }
    }

    private static final class Spacing extends DefaultPrettyPrinter {
        private final Indenter indenter;
        private final String afterEntry;

        private Spacing(Indenter indenter, String afterEntry) {
            this.indenter = indenter;
            this.afterEntry = afterEntry;
            indentArraysWith(indenter);
            indentObjectsWith(indenter);
        }

        static Spacing oneLine() {
            return new Spacing(NopIndenter.instance, " ");
        }

        static Spacing lines(int spaces) {
            return new Spacing(new DefaultIndenter(" ".repeat(Math.min(spaces, 16)), "\n"), "");
        }

        @Override
        public DefaultPrettyPrinter createInstance() {
            return new Spacing(indenter, afterEntry);
        }

        @Override
        public void writeObjectFieldValueSeparator(JsonGenerator generator) throws IOException {
            generator.writeRaw(": ");
        }

        @Override
        public void writeObjectEntrySeparator(JsonGenerator generator) throws IOException {
            super.writeObjectEntrySeparator(generator);
            generator.writeRaw(afterEntry);
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator generator) throws IOException {
            super.writeArrayValueSeparator(generator);
            generator.writeRaw(afterEntry);
        }

        @Override
        public void writeEndObject(JsonGenerator generator, int entries) throws IOException {
            if (entries > 0) {
                super.writeEndObject(generator, entries);
            } else {
                _nesting -= indenter.isInline() ? 0 : 1;
                generator.writeRaw('}');
            }
        }

        @Override
        public void writeEndArray(JsonGenerator generator, int values) throws IOException {
            if (values > 0) {
                super.writeEndArray(generator, values);
            } else {
                _nesting -= indenter.isInline() ? 0 : 1;
                generator.writeRaw(']');
            }
        }
    }
}
