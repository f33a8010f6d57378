package io.paritree.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {
  private static final String WORKING = Path.of("").toAbsolutePath().toString();

  @ParameterizedTest
  @CsvSource({
    "/a/b, /a/b",
    "/a//b/, /a/b",
    "/a/./b/../c, /a/c",
    "/.., /",
    "/, /",
    "file:/a/b, /a/b",
    "file:///a/b/, /a/b",
    "file:////a, /a",
    "file://localhost/a, /a",
    "/in/store=007, /in/store=007",
    "/in/store=a%2Fb, /in/store=a%2Fb",
    "file:///in/a%20b, /in/a%20b",
    "/in/a b/ c , '/in/a b/ c'",
    "/in/at=10:30, /in/at=10:30",
    "/in/ä?#*, /in/ä?#*",
  })
  void localPathIsNormalisedAndItsNamesStayAsTheyAre(String text, String path) {
    Location location = Location.of(text);

    assertThat(location.isLocal()).isTrue();
    assertThat(location.scheme()).isEqualTo("file");
    assertThat(location).hasToString(path);
    assertThat(location.toPath()).isEqualTo(Path.of(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "./a", "file:a", "b/../a"})
  void relativePathIsInTheWorkingDirectory(String text) {
    assertThat(Location.of(text)).hasToString(WORKING + "/a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"at10:30.csv", "flight:1", "./hdfs:/a"})
  void colonWithoutSlashAfterItIsPartOfALocalName(String text) {
    assertThat(Location.of(text).isLocal()).isTrue();
    assertThat(Location.of(text).toPath()).isEqualTo(Path.of(WORKING).resolve(text).normalize());
  }

  @ParameterizedTest
  @CsvSource({
    "hdfs://host:8020/a/b/, hdfs://host:8020/a/b, hdfs",
    "HDFS://host:8020//a/../b, hdfs://host:8020/b, hdfs",
    "hdfs:/a, hdfs:///a, hdfs",
    "hdfs:///a, hdfs:///a, hdfs",
    "s3a://bucket, s3a://bucket/, s3a",
    "s3a://bucket/, s3a://bucket/, s3a",
    "s3a://bucket/../.., s3a://bucket/, s3a",
    "s3a://bucket/at=10:30/x=a%2Fb/c d, s3a://bucket/at=10:30/x=a%2Fb/c d, s3a",
  })
  void uriOfAnotherSchemeIsRemote(String text, String normalised, String scheme) {
    Location location = Location.of(text);

    assertThat(location.isLocal()).isFalse();
    assertThat(location).hasToString(normalised).isEqualTo(Location.of(normalised));
    assertThat(location.scheme()).isEqualTo(scheme);
    assertThatThrownBy(location::toPath).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "file:", "file://", "file://host/a", "a\0b"})
  void textThatNamesNoLocationIsRefused(String text) {
    assertThatThrownBy(() -> Location.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b, b, /a",
    "/a, a, /",
    "/, '', /",
    "hdfs://h:1/a/b, b, hdfs://h:1/a",
    "hdfs://h:1/a, a, hdfs://h:1/",
    "hdfs://h:1/, '', hdfs://h:1/",
    "hdfs:///a, a, hdfs:///",
  })
  void nameAndParentUndoResolve(String text, String name, String parent) {
    Location location = Location.of(text);

    assertThat(location.name()).isEqualTo(name);
    assertThat(location.parent()).hasToString(parent);
    if (!location.isRoot()) {
      assertThat(location.parent().resolve(name)).isEqualTo(location).hasSameHashCodeAs(location);
    }
  }

  @Test
  void resolveTakesNamesAsTheyAre() {
    assertThat(Location.of("/a").resolve("x=1%2F2/b c:d")).hasToString("/a/x=1%2F2/b c:d");
    assertThat(Location.of("s3a://b").resolve("x:y")).hasToString("s3a://b/x:y");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".", "/b", "b/", "b//c", "b/../../c"})
  void resolveNeverLeadsOut(String name) {
    assertThatThrownBy(() -> Location.of("/a").resolve(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Cannot resolve '%s' in /a", name);
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a, true",
    "/a, /a/b/c, true",
    "/a, /ab, false",
    "/a/b, /a, false",
    "/, /a, true",
    "hdfs://h/a, hdfs://h/a/b, true",
    "hdfs://h/, hdfs://h/a, true",
    "hdfs://h/a, hdfs://g/a/b, false",
    "hdfs://h/a, /a/b, false",
    "/, hdfs://h/a, false",
  })
  void holdsWhatIsTheSameOrBelow(String outer, String inner, boolean held) {
    assertThat(Location.of(outer).holds(Location.of(inner))).isEqualTo(held);
  }
}
