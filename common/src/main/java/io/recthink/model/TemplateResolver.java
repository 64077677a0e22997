package io.recthink.model;

import com.hubspot.jinjava.el.TypeConvertingMapELResolver;
import com.hubspot.jinjava.el.ext.AbstractCallableMethod;
import com.hubspot.jinjava.el.ext.JinjavaBeanELResolver;
import com.hubspot.jinjava.el.ext.JinjavaListELResolver;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import io.recthink.InvalidInputException;
import java.util.Map;
import java.util.Set;
import jinjava.javax.el.ArrayELResolver;
import jinjava.javax.el.CompositeELResolver;
import jinjava.javax.el.ELContext;

/**
 * What an expression of a template may reach: elements of lists and maps, the counters of a loop, the renderer's own
 * filters and tests, and the methods that Python's strings and dictionaries have. Nothing else of a Java object.
 */
final class TemplateResolver extends CompositeELResolver {
    private static final Set<String> LOOP_PROPERTIES =
            Set.of("index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0");

    private final JinjavaBeanELResolver beans = new JinjavaBeanELResolver(true);

    TemplateResolver() {
        add(new ArrayELResolver(true));
        add(new JinjavaListELResolver(true));
        add(new TypeConvertingMapELResolver(true));
    }

    @Override
    public Object getValue(ELContext context, Object base, Object property) {
        if (base instanceof ForLoop) {
            return LOOP_PROPERTIES.contains(property) ? beans.getValue(context, base, property) : undefined(context);
        }
        Object value = super.getValue(context, base, property);
        return context.isPropertyResolved() ? value : undefined(context);
    }

    @Override
    public Object invoke(ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
        if (base instanceof Filter || base instanceof ExpTest || base instanceof AbstractCallableMethod) {
            return beans.invoke(context, base, method, types, arguments);
        }
        context.setPropertyResolved(true);
        String name = String.valueOf(method);
        Object[] given = arguments == null ? new Object[0] : arguments;
        if (base instanceof String text) {
            return PythonMethods.ofString(text, name, given);
        }
        if (base instanceof Map<?, ?> map) {
            return PythonMethods.ofDictionary(map, name, given);
        }
        throw new InvalidInputException("method " + name + " is not available to templates");
    }

    private static Object undefined(ELContext context) {
        context.setPropertyResolved(true);
        return null;
    }
}
