"""Mapping news to themes 归类: base topic model, theme profiles, classifier, evidence."""
