"""Who is asking, and whether they may: sessions, tokens against forgery, roles, headers."""
