"""Made-up patients, whose risks are known."""

import numpy as np
import statsmodels.api as sm


def clinic(n=300, seed=0, digits=None):
    """Risks, and outcomes that follow them; with `digits`, many ties."""
    rng = np.random.default_rng(seed)
    p = rng.beta(1.2, 4, size=n)
    y = (rng.random(n) < p).astype(int)
    p = np.clip(p + rng.normal(scale=0.05, size=n), 0.01, 0.99)
    return y, p if digits is None else np.clip(p.round(digits), 0.1, 0.9)


def glm(y, p, weights=None):
    """Calibration intercept and slope by statsmodels."""
    x = np.log(p / (1 - p))
    family, weights = sm.families.Binomial(), np.ones(len(y)) if weights is None else weights
    level = sm.GLM(y, np.ones(len(y)), family=family, offset=x, freq_weights=weights)
    slope = sm.GLM(y, sm.add_constant(x), family=family, freq_weights=weights)
    return level.fit(tol=1e-12).params[0], slope.fit(tol=1e-12).params[1]
