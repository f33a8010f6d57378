package io.paritree.xgboost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.forest.Engine;
import io.paritree.forest.Rounds;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.junit.jupiter.api.Test;

/** The second engine where its library is missing, and at its edges. */
class NativeBoosterTest {

  @Test
  void aMissingJarIsNamedWithTheWayOut() throws Exception {
    ClassLoader without = new OwnClasses("ml.dmlc.");
    Class<?> modelType = without.loadClass(XgboostModel.class.getName());
    Object model = modelType.getMethod("read", byte[].class).invoke(null, HandMade.with());
    Class<?> roundsType = without.loadClass(Rounds.class.getName());
    Method load =
        without
            .loadClass(NativeBooster.class.getName())
            .getMethod("load", byte[].class, modelType, roundsType);

    assertThatThrownBy(
            () -> load.invoke(null, HandMade.with(), model, roundsType.getField("ALL").get(null)))
        .isInstanceOf(InvocationTargetException.class)
        .cause()
        .hasMessageContaining("ml/dmlc/xgboost4j")
        .hasMessageContaining("ml.dmlc:xgboost4j_2.12")
        .hasMessageContaining("forest engine");
  }

  @Test
  void aMissingNativeLibraryNamesLibgompAndItsPackage() throws Exception {
    ProcessBuilder child =
        new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-Dxgboostruntime.native.xgboost4j=/nonexistent/libxgboost4j.so",
            "-cp",
            System.getProperty("java.class.path"),
            LoadAndFail.class.getName());
    Process process = child.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());

    assertThat(process.waitFor()).as(said).isEqualTo(3);
    assertThat(said).contains("libgomp.so.1").contains("libgomp1").contains("forest engine");
  }

  /** Run as a process of its own, since a native library is tried once per process. */
  static final class LoadAndFail {
    public static void main(String[] args) throws Exception {
      byte[] file = HandMade.with();
      try {
        NativeBooster.load(file, XgboostModel.read(file), Rounds.ALL);
      } catch (io.paritree.UnsupportedModelException e) {
        System.out.println(e.getMessage());
        System.exit(3);
      }
    }
  }

  @Test
  void noRowsAreNoWork() throws Exception {
    byte[] file = HandMade.with();
    Engine engine = NativeBooster.load(file, XgboostModel.read(file), Rounds.ALL);

    engine.score(new float[0], 0, new float[0], new float[0]);
    engine.leaves(new float[0], 0, new int[0]);
    assertThat(engine.trees()).isEqualTo(2);
  }

  /** Loads our classes anew, and does not find those of a package. */
  private static final class OwnClasses extends ClassLoader {
    private final String hidden;

    OwnClasses(String hidden) {
      super(NativeBoosterTest.class.getClassLoader());
      this.hidden = hidden;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith(hidden)) {
        throw new ClassNotFoundException(name);
      }

      if (!name.startsWith("io.paritree.")) {
        return super.loadClass(name, resolve);
      }

      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : define(name);
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
