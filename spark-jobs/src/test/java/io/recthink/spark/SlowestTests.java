package io.recthink.spark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Prints the slowest test classes of a build, and the tests that it skipped. The build runs this file at its end, without
 * anything but the JDK: {@code java SlowestTests.java REPORTS ...}, where REPORTS is a folder of surefire or failsafe.
 */
final class SlowestTests {
    private static final int SHOWN = 12;

    private record TestClass(String name, double seconds, List<String> skipped) {}

    private SlowestTests() {}

    public static void main(String[] folders) throws IOException, XMLStreamException {
        List<TestClass> all = new ArrayList<>();
        for (String folder : folders) {
            if (Files.isDirectory(Path.of(folder))) {
                try (Stream<Path> reports = Files.list(Path.of(folder))) {
                    for (Path report : reports.filter(SlowestTests::isReport).toList()) {
                        all.add(read(report));
                    }
                }
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d test classes took %.0f s, most of them two at a time. The slowest:%n",
                all.size(),
                all.stream().mapToDouble(TestClass::seconds).sum());
        all.stream()
                .sorted(Comparator.comparingDouble(TestClass::seconds).reversed())
                .limit(SHOWN)
                .forEach(slow -> System.out.printf(Locale.ROOT, "%6.0f s  %s%n", slow.seconds(), slow.name()));
        List<String> skipped =
                all.stream().flatMap(one -> one.skipped().stream()).sorted().toList();
        System.out.println(
                skipped.isEmpty()
                        ? "No test was skipped."
                        : skipped.size() + " tests were skipped: "
                                + skipped.stream().collect(Collectors.joining(", ")));
    }

    private static boolean isReport(Path file) {
        return file.getFileName().toString().matches("TEST-.*\\.xml");
    }

    private static TestClass read(Path report) throws IOException, XMLStreamException {
        String name = "";
        String test = "";
        double seconds = 0;
        List<String> skipped = new ArrayList<>();
        XMLInputFactory factory = XMLInputFactory.newFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        try (InputStream in = Files.newInputStream(report)) {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            while (xml.hasNext()) {
                if (xml.next() != XMLStreamReader.START_ELEMENT) {
                    continue;
                }
                switch (xml.getLocalName()) {
                    case "testsuite" -> {
                        name = xml.getAttributeValue(null, "name");
                        seconds = Double.parseDouble(
                                xml.getAttributeValue(null, "time").replace(",", ""));
                    }
                    case "testcase" -> test = xml.getAttributeValue(null, "name");
                    case "skipped" -> skipped.add(name.substring(name.lastIndexOf('.') + 1) + "." + test);
                    default -> {} // properties, output
                }
            }
        }
        return new TestClass(name, seconds, skipped);
    }
}
