package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar of a running server that was written over is found, and nothing else counts as that. */
class ProgramFilesTest {
  @TempDir private Path directory;
  private Path main;
  private Path library;
  private ProgramFiles program;

  @BeforeEach
  void start() throws IOException {
    library = jar("lib/library.jar", "", "first");
    main = jar("main.jar", "lib/library.jar lib/absent.jar", "first");
    List<Path> jars = ProgramFiles.of(main + ":" + directory + ":" + directory.resolve("no.jar"));
    assertThat(jars).startsWith(main, library);
    program = new ProgramFiles(jars);
    assertThat(program.replaced()).isEmpty();
  }

  private Path jar(String name, String classPath, String content) throws IOException {
    Path jar = directory.resolve(name);
    Files.createDirectories(jar.getParent());
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, classPath);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      out.putNextEntry(new ZipEntry("entry"));
      out.write(content.getBytes());
    }

    return jar;
  }

  private void touch(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(seconds)));
  }

  @Test
  void aJarThatWasWrittenOverIsFoundOnceItIsWhole() throws IOException {
    jar("lib/library.jar", "", "second");
    touch(library, 5);
    assertThat(program.replaced()).isEmpty();
    touch(library, 6); // more of it was written
    assertThat(program.replaced()).isEmpty();

    assertThat(program.replaced()).contains(library);
  }

  @Test
  void anotherTimeAnotherFileOfTheNameAndNoneAreNoAlarm() throws IOException {
    touch(main, 5);
    Path next = jar("next.jar", "", "second");
    Files.move(next, library, StandardCopyOption.REPLACE_EXISTING);
    for (int look = 0; look < 3; look++) {
      assertThat(program.replaced()).isEmpty();
    }

    jar("lib/library.jar", "", "third"); // which this process has not open
    Files.delete(main);
    for (int look = 0; look < 3; look++) {
      assertThat(program.replaced()).isEmpty();
    }
  }
}
