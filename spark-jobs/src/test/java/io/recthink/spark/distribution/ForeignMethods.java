package io.recthink.spark.distribution;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Finds methods and constructors in the classes of a distribution as a JVM does. */
final class ForeignMethods implements AutoCloseable {
    private final URLClassLoader classes;

    private ForeignMethods(URLClassLoader classes) {
        this.classes = classes;
    }

    static ForeignMethods of(Distribution spark) throws MalformedURLException {
        List<URL> jars = new ArrayList<>();
        for (String jar : spark.jars()) {
            jars.add(spark.home().resolve("jars").resolve(jar).toUri().toURL());
        }
        return new ForeignMethods(new URLClassLoader(jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader()));
    }

    /**
     * Whether the called method exists, by name, parameters and result. Returns true for a target that is not a call.
     */
    boolean has(AccessTarget target) {
        if (!(target instanceof CodeUnitAccessTarget call)) {
            return true;
        }
        try {
            Class<?> owner = Class.forName(call.getOwner().getName(), false, classes);
            return call.getName().equals("<init>")
                    ? Arrays.stream(owner.getDeclaredConstructors()).anyMatch(found -> sameParameters(found, call))
                    : lineage(owner)
                            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                            .anyMatch(found -> same(found, call));
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static boolean same(Method found, CodeUnitAccessTarget call) {
        return found.getName().equals(call.getName())
                && found.getReturnType()
                        .getName()
                        .equals(call.getRawReturnType().getName())
                && sameParameters(found, call);
    }

    private static boolean sameParameters(Executable found, CodeUnitAccessTarget call) {
        List<String> wanted =
                call.getRawParameterTypes().stream().map(JavaClass::getName).toList();
        return Arrays.stream(found.getParameterTypes())
                .map(Class::getName)
                .toList()
                .equals(wanted);
    }

    /** Returns a class with all its superclasses and interfaces. */
    private static Stream<Class<?>> lineage(Class<?> type) {
        Stream<Class<?>> above =
                Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()));
        Stream<Class<?>> all = Stream.concat(Stream.of(type), above.flatMap(ForeignMethods::lineage));
        return type.isInterface() ? Stream.concat(all, Stream.of(Object.class)) : all;
    }

    @Override
    public void close() throws IOException {
        classes.close();
    }
}
