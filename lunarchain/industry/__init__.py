"""The lunar industry: soil chemistry, the closed process network, what a product takes, how fast it grows."""
