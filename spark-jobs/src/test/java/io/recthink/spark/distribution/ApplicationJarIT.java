package io.recthink.spark.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks with a JDK tool that each class that the application needs is in its jar or in the Spark distribution. */
class ApplicationJarIT {
    /** The annotations of a library that only the compiler reads. */
    private static final String ANNOTATIONS = "org.immutables.value.";

    private static final Pattern CLASS_NOT_FOUND = Pattern.compile("\\s+\\S+\\s+->\\s+(\\S+)\\s+not found");

    @ParameterizedTest
    @EnumSource
    void everyClassThatTheJarNeedsIsInItOrInTheDistribution(Distribution spark) {
        assertThat(missing(spark))
                .as("classes that neither the jar nor Spark %s has", spark.version())
                .isEmpty();
    }

    /**
     * Checks methods in each distribution: the Java compiler knows one version, where a Scala type may differ in name.
     */
    @ParameterizedTest
    @EnumSource
    void everyMethodThatWeCallIsInTheDistribution(Distribution spark) throws IOException {
        JavaClasses ours = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("io.recthink");
        try (ForeignMethods methods = ForeignMethods.of(spark)) {
            List<String> missing = ours.stream()
                    .flatMap(type -> type.getAccessesFromSelf().stream())
                    .map(JavaAccess::getTarget)
                    .filter(target -> target.getOwner().getName().matches("(org\\.apache|scala)\\..*"))
                    .filter(target -> !methods.has(target))
                    .map(AccessTarget::getFullName)
                    .distinct()
                    .sorted()
                    .toList();
            assertThat(missing)
                    .as("methods that Spark %s has not", spark.version())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDistributionHoldsNothingOfOurs(Distribution spark) {
        assertThat(spark.published()).containsAll(spark.jars());
    }

    private static List<String> missing(Distribution spark) {
        StringWriter output = new StringWriter();
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        int status = jdeps.run(
                new PrintWriter(output),
                new PrintWriter(output),
                "--multi-release",
                "17",
                "--missing-deps",
                "-cp",
                spark.classPath(),
                "target/recthink.jar");
        assertThat(status).as(output::toString).isZero();
        return output.toString()
                .lines()
                .map(CLASS_NOT_FOUND::matcher)
                .filter(Matcher::matches)
                .map(line -> line.group(1))
                .filter(name -> !name.startsWith(ANNOTATIONS))
                .distinct()
                .sorted()
                .toList();
    }
}
