package io.paritree.spark.task;

import io.paritree.model.ModelFiles;
import io.paritree.model.layout.ModelReference;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The classes that travel between driver and tasks as data. Kryo must know them when Spark starts,
 * if it is to refuse all others ({@code spark.kryo.registrationRequired}).
 */
public final class KryoClasses {
  private static final String REQUIRED = "spark.kryo.registrationRequired";
  private static final String REGISTERED = "spark.kryo.classesToRegister";
  private static final ClassTag<Object> ANY = ClassTag$.MODULE$.apply(Object.class);
  private static final List<Class<?>> CLASSES =
      List.of(
          ModelFiles.class,
          ModelReference.Kind.class,
          TreeMap.class,
          JavaSerialized.class,
          JavaSerialized[].class,
          Object[].class);

  private KryoClasses() {}

  /** Returns the settings that Spark needs before it starts, beside the given ones. */
  public static Map<String, String> settings(SparkConf given) {
    return given.getBoolean(REQUIRED, false)
        ? Map.of(
            REGISTERED,
            Stream.of(given.get(REGISTERED, ""), names())
                .filter(text -> !text.isBlank())
                .collect(Collectors.joining(",")))
        : Map.of();
  }

  /** Returns why a Spark that runs cannot send what the job sends; empty if it can. */
  public static Optional<String> problem() {
    ModelFiles files =
        new ModelFiles(
            "", ModelReference.Kind.values()[0], Optional.empty(), Map.of("any", new byte[1]));
    Object[] data = {files, new JavaSerialized<>("any")};
    try {
      SparkEnv.get().serializer().newInstance().serialize(data, ANY);
      return Optional.empty();
    } catch (IllegalArgumentException e) { // of Kryo, for a class that is not registered
      return SparkEnv.get().conf().getBoolean(REQUIRED, false)
          ? Optional.of(
              "this Spark requires that all classes are registered with Kryo (%s); start it with %s=%s beside your own"
                  .formatted(REQUIRED, REGISTERED, names()))
          : Optional.empty();
    }
  }

  private static String names() {
    return CLASSES.stream().map(Class::getName).collect(Collectors.joining(","));
  }
}
