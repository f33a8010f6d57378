package io.paritree.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
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

  @Test
  void storeWithoutItsJarIsReportedInASentenceThatNamesTheJar() {
    assertThatThrownBy(() -> FileStore.of(Location.of("s3a://bucket/a")))
        .isInstanceOf(NoSuchStoreException.class)
        .hasMessageMatching(
            "Cannot open s3a://bucket/a: Hadoop's client has no file system for 's3a' \\(no class"
                + " org\\.apache\\.hadoop\\.fs\\.s3a\\.S3AFileSystem\\); add hadoop-aws-3[0-9.]+\\.jar,"
                + " commons-lang3"
                + " and the AWS SDK .*PARITREE_CLASSPATH.*");
    assertThatThrownBy(() -> FileStore.of(Location.of("abfss://c@a.dfs.core.windows.net/a")))
        .isInstanceOf(NoSuchStoreException.class)
        .hasMessageContaining("add hadoop-azure-3");
    assertThatThrownBy(() -> FileStore.of(Location.of("s3://bucket/a")))
        .isInstanceOf(NoSuchStoreException.class)
        .hasMessageEndingWith("name it s3a:// instead");
  }

  @Test
  void pathsWithoutASchemeAreOnTheDefaultFileSystemWhereHadoopsMeaningIsAsked() throws Exception {
    String hdfs = "hdfs://127.0.0.1:9";
    Map<String, String> settings = Map.of("fs.defaultFS", hdfs);
    String home = hdfs + "/user/" + System.getProperty("user.name");

    assertThat(FileStore.located("/a/../flights/", settings)).hasToString(hdfs + "/flights");
    assertThat(FileStore.located("day=1/a b%20c:d", settings))
        .hasToString(home + "/day=1/a b%20c:d");
    assertThat(FileStore.located("a:b", settings)).hasToString(home + "/a:b");
    assertThat(FileStore.located("file:/flights", settings)).hasToString("/flights");
    assertThat(FileStore.located("s3a://bucket/a", settings)).hasToString("s3a://bucket/a");
    for (Map<String, String> local :
        List.of(Map.<String, String>of(), Map.of("fs.defaultFS", "file:///"))) {
      assertThat(FileStore.located("/flights", local)).hasToString("/flights");
      assertThat(FileStore.located("flights", local)).isEqualTo(Location.of("flights"));
    }
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
