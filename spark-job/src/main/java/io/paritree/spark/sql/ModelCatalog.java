package io.paritree.spark.sql;

import io.paritree.Fault;
import io.paritree.PublicApi;
import io.paritree.store.Location;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.spark.sql.catalyst.analysis.NoSuchFunctionException;
import org.apache.spark.sql.connector.catalog.FunctionCatalog;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/**
 * The functions of models, for Spark's SQL: {@code paritree.credit.score(struct(*))}.
 *
 * <p>Set up by {@code spark.sql.catalog.paritree=io.paritree.spark.sql.ModelCatalog}; the name
 * before the first dot is free. The part between the catalog and the function names the model: a
 * name, a version or an alias of the store that {@code spark.sql.catalog.paritree.store} names, or
 * the absolute path of any model. A model is found, and its columns are bound, when a query is
 * analysed.
 *
 * <p>Options, all below {@code spark.sql.catalog.paritree.}:
 *
 * <ul>
 *   <li>{@code store}: the directory of models; without it, references are as for the job
 *   <li>{@code strict}: whether a row that cannot be scored throws, instead of being null; {@code
 *       paritree.strict} sets it for a session
 * </ul>
 *
 * <p>Thread-safe once it is initialised.
 */
@PublicApi
public final class ModelCatalog implements FunctionCatalog {
  private static final String STORE = "store";
  private static final String STRICT = "strict";
  private static final Set<String> OPTIONS = new TreeSet<>(Set.of(STORE, STRICT));

  private static final Pattern PASSWORD = Pattern.compile("//[^/@]*:[^/@]*@");

  private String name;
  private String store = "";
  private RowFunction.Unscored unscored = RowFunction.Unscored.IS_NULL;

  /** For Spark, which calls {@link #initialize} next. */
  public ModelCatalog() {}

  /**
   * Takes the options.
   *
   * @throws IllegalArgumentException if one is unknown or has no such value
   */
  @Override
  public void initialize(String catalog, CaseInsensitiveStringMap options) {
    this.name = catalog;
    String prefix = "spark.sql.catalog.%s.".formatted(catalog);
    for (String option : options.keySet()) {
      if (!OPTIONS.contains(option)) {
        throw new IllegalArgumentException(
            "Cannot use %s%s: there is no such option; there are %s"
                .formatted(prefix, Fault.printable(option), OPTIONS));
      }
    }

    store = withoutPassword(options.getOrDefault(STORE, ""));
    unscored = unscored(prefix + STRICT, options.getOrDefault(STRICT, "false"));
  }

  /** Returns what becomes of rows that cannot be scored, by a setting that is strict or not. */
  static RowFunction.Unscored unscored(String setting, String text) {
    return isTrue(setting, text) ? RowFunction.Unscored.THROWS : RowFunction.Unscored.IS_NULL;
  }

  private static boolean isTrue(String setting, String text) {
    if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
      throw new IllegalArgumentException(
          "Cannot use %s = '%s': expected true or false".formatted(setting, Fault.printable(text)));
    }

    return text.equalsIgnoreCase("true");
  }

  /** Refuses a location that shows a password: plans and errors show locations. */
  private static String withoutPassword(String location) {
    if (PASSWORD.matcher(location).find()) {
      throw new IllegalArgumentException(
          "Cannot use a model's location with a password in it; give it in Hadoop's settings");
    }

    return location;
  }

  @Override
  public String name() {
    return name;
  }

  /** Lists the functions of a model; there are none outside of models. */
  @Override
  public Identifier[] listFunctions(String[] namespace) {
    return namespace.length == 0
        ? new Identifier[0]
        : Arrays.stream(FunctionOutput.values())
            .map(output -> Identifier.of(namespace, output.function()))
            .toArray(Identifier[]::new);
  }

  @Override
  public UnboundFunction loadFunction(Identifier identifier) throws NoSuchFunctionException {
    Optional<FunctionOutput> output = FunctionOutput.of(identifier.name());
    if (output.isEmpty() || identifier.namespace().length == 0) {
      throw new NoSuchFunctionException(identifier);
    }

    String model = String.join("/", identifier.namespace());
    return new ModelFunction(
        "%s.%s.%s"
            .formatted(name, String.join(".", identifier.namespace()), output.get().function()),
        output.get(),
        reference(withoutPassword(model)),
        unscored);
  }

  private String reference(String model) {
    boolean isAbsolute = model.startsWith("/") || Location.hasScheme(model);
    return store.isEmpty() || isAbsolute ? model : store.replaceFirst("/+$", "") + "/" + model;
  }
}
