package io.paritree.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest {

  @Test
  void unknownSchemeIsNamed() {
    assertThatThrownBy(() -> FileStore.of(Location.of("nosuch://host/a")))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Cannot open nosuch://host/a: Hadoop's client has no file system for 'nosuch'; add a"
                + " jar that provides it");
  }

  @Test
  void pathOfAViewIsRenamedAsTheStoreThatItIsMountedTo(@TempDir Path directory) throws Exception {
    Map<String, String> mounts =
        Map.of(
            "fs.viewfs.mounttable.lake.link./local", directory.toUri().toString(),
            "fs.viewfs.mounttable.lake.link./bucket", "gs://bucket" + directory,
            "fs.gs.impl", BucketStoreTest.Bucket.class.getName());
    Location local = Location.of("viewfs://lake/local/out");
    Location bucket = Location.of("viewfs://lake/bucket/out");

    FileStore view = FileStore.of(local, mounts);

    assertThat(view.renamesDirectoriesWhole(local)).isTrue();
    assertThat(view.renamesDirectoriesWhole(bucket)).isFalse();
  }

  /** The server does not include Hadoop: local files must not need it, other stores must say so. */
  @Test
  void withoutHadoopLocalFilesWorkAndOtherStoresSayWhatIsMissing() throws Throwable {
    URL classes = FileStore.class.getProtectionDomain().getCodeSource().getLocation();
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    try (URLClassLoader bare = new URLClassLoader(new URL[] {classes}, platform)) {
      assertThatThrownBy(() -> bare.loadClass("org.apache.hadoop.fs.FileSystem"))
          .isInstanceOf(ClassNotFoundException.class);
      assertThat(open(bare, "/tmp").getClass().getSimpleName()).isEqualTo("LocalStore");
      assertThatThrownBy(() -> open(bare, "hdfs://host/a"))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(
              "Cannot open hdfs://host/a: Hadoop's client is not on the class path")
          .hasMessageContaining("hadoop-client-api");
    }
  }

  private static Object open(ClassLoader loader, String text) throws Throwable {
    Class<?> locations = loader.loadClass(Location.class.getName());
    Object location = locations.getMethod("of", String.class).invoke(null, text);
    Method of = loader.loadClass(FileStore.class.getName()).getMethod("of", locations);
    try {
      return of.invoke(null, location);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
