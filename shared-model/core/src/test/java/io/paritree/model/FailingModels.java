package io.paritree.model;

import io.paritree.forest.Engine;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;

/** Models that fail while they score, for tests of those that must bear it. */
public final class FailingModels {
  private FailingModels() {}

  /**
   * Returns a model that scores some blocks as another does, and then throws.
   *
   * @param blocks how many it scores
   * @param failure what it throws
   */
  public static ScoringModel after(int blocks, ScoringModel model, Throwable failure) {
    AtomicInteger left = new AtomicInteger(blocks);
    Engine failing =
        (Engine)
            Proxy.newProxyInstance(
                Engine.class.getClassLoader(),
                new Class<?>[] {Engine.class},
                (proxy, method, arguments) -> {
                  if (method.getName().startsWith("score") && arguments != null) {
                    if (left.getAndDecrement() <= 0) {
                      throw failure;
                    }
                  }

                  try {
                    return method.invoke(model.engine(), arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new ScoringModel(
        model.name(),
        model.modelVersion(),
        model.digest(),
        model.sealed(),
        model.schema(),
        model.reasonRules(),
        model.outputs(),
        model.card(),
        failing,
        model.explanations);
  }
}
